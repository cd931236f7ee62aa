"""Figures about search and answers, from files of questions with known results."""
