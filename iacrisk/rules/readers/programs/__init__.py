"""What programs are told and hold: names, variables, copies, lifetimes."""
