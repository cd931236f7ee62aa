"""Dated rates (tham số theo thời gian): every amount, share and term an answer may name, by the day it holds."""

from knowledge.rates.model import Certainty, NoRate, Rate, RatesError
from knowledge.rates.reader import load_rates, read_rates, rows_in
from knowledge.rates.table import Rates

__all__ = ["Certainty", "NoRate", "Rate", "Rates", "RatesError", "load_rates", "read_rates", "rows_in"]
