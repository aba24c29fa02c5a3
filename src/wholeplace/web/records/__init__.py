"""How loads of files went."""
