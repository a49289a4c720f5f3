-- What the function does more than before is in nobody's way.
SELECT;
