{{ config(severity='warn') }}
-- Where a school list is carried over to another school year, every school of the region's districts is on it, and all of its schools
-- are there. A region moves on: what this finds is what the figures of that year leave out.
select
    school_year,
    change,
    is_whole_district,
    district_name,
    school_id,
    school_name
from {{ ref('region_changes') }}
