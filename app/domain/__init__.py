"""What is said: the closed lists, months, questions, answers and revisions. Knows nothing else."""
