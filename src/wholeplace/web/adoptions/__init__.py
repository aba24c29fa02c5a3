"""Adoption orders: for adoption workers, and for nobody else."""
