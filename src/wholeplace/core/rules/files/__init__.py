"""Files written by hand: read strictly, inherited, amended, and every fault given its place."""
