-- The schools data set has every school of every region once a year, and no other.
with regions as (
    select school_year, region_id, school_id from {{ ref('bridge_school_region') }}
),

schools as (
    select school_year, region_id, school_id from {{ ref('schools') }}
)

select school_year, region_id, school_id, 'not in schools' as what
from regions
where not exists (
    select 1 from schools
    where schools.school_year = regions.school_year
        and schools.region_id = regions.region_id
        and schools.school_id = regions.school_id
)
union all
select school_year, region_id, school_id, 'not in the region' as what
from schools
where not exists (
    select 1 from regions
    where regions.school_year = schools.school_year
        and regions.region_id = schools.region_id
        and regions.school_id = schools.school_id
)
