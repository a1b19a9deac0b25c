"""What rules of several families read from a plan, a folder for each subject."""
