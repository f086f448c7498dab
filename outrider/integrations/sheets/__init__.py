"""Spreadsheets: Google Sheets, and CSV files in the data folder."""
