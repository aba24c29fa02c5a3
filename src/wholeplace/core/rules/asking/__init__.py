"""Looking ahead, the next question, and a set of questions that is enough."""
