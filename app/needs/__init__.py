"""What States say they need."""
