"""Step 2 on paper: the questionnaire and what a State answered, as workbooks to fill in and as pages to print."""
