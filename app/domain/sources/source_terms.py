"""Closed lists of a source's terms: of what stretch of time its figures are, and how often."""

from enum import StrEnum

# The words are stored in the database, whose constraints name them, and stand in answers of API
# version 1. The docstrings of these classes are descriptions in the API's OpenAPI document.


class Window(StrEnum):
    """The stretch of time that one figure is about; it ends with the month that it stands under."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    TRAILING_30_DAYS = "trailing-30-days"
    TRAILING_12_MONTHS = "trailing-12-months"


class Statistic(StrEnum):
    """What a figure is of its window: the sum, the mean of its days, an extreme, or one point."""

    SUM = "sum"
    MEAN = "mean"
    LOW = "low"
    HIGH = "high"
    POINT = "point"


class Cadence(StrEnum):
    """How often a source publishes."""

    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"


WINDOW_LABELS = {
    Window.MONTH: "The calendar month",
    Window.WEEK: "One week of the month",
    Window.DAY: "One day of the month",
    Window.TRAILING_30_DAYS: "Thirty days to the end of the month",
    Window.TRAILING_12_MONTHS: "Twelve months to the end of the month",
}

STATISTIC_LABELS = {
    Statistic.SUM: "Sum",
    Statistic.MEAN: "Mean of the days",
    Statistic.LOW: "Lowest value",
    Statistic.HIGH: "Highest value",
    Statistic.POINT: "One value",
}

CADENCE_LABELS = {
    Cadence.ONCE: "Once",
    Cadence.MONTHLY: "Monthly",
    Cadence.QUARTERLY: "Quarterly",
    Cadence.YEARLY: "Yearly",
    Cadence.IRREGULAR: "Irregularly",
}

WINDOW_SYNONYMS = {
    Window.TRAILING_30_DAYS: ("30 days", "thirty days"),
    Window.TRAILING_12_MONTHS: ("12 months", "twelve months"),
}
STATISTIC_SYNONYMS = {
    Statistic.SUM: ("total",),
    Statistic.MEAN: ("mean of days", "average"),
    Statistic.LOW: ("minimum", "lowest"),
    Statistic.HIGH: ("maximum", "highest"),
}
CADENCE_SYNONYMS = {
    Cadence.MONTHLY: ("month", "every month"),
    Cadence.QUARTERLY: ("quarter", "every quarter"),
    Cadence.YEARLY: ("year", "annual", "annually"),
}
