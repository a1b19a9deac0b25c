"""What runs gets less, or goes: it is not missed, or others take over."""
