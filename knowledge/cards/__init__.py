"""Answer cards (thẻ trả lời): approved answers whose amounts come from the dated rates and the calculators."""
