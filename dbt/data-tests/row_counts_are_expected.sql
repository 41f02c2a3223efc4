{{ config(severity='warn') }}
-- Every table has as many rows in a school year as the seed expects for the data set. After a change to a source or a model,
-- npm run expected rewrites the seed, so that a review shows the change.
select
    counts.data_set,
    counts.table_name,
    counts.school_year,
    counts.row_count,
    expected.row_count as expected_row_count
from {{ ref('table_row_count') }} as counts
inner join {{ ref('expected_row_counts') }} as expected
    on counts.data_set = expected.data_set
    and counts.table_name = expected.table_name
    and counts.school_year = expected.school_year
where counts.row_count <> expected.row_count
