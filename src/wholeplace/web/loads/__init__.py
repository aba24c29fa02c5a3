"""What was set aside, put right; and how good the deliveries are."""
