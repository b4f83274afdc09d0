"""The figures as Altair charts: one file each. Nothing here knows of a study, only of numbers and their labels."""
