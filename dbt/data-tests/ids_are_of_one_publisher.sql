-- No two publishers give an organization the same id: its figures would be added up with those of another.
with ids as (
    select distinct publisher_id, 'county' as kind, county_id as id from {{ ref('int_organization') }}
    where described_in <> 'school_list'
    union all
    select distinct publisher_id, 'esd' as kind, esd_id as id from {{ ref('int_organization') }}
    where described_in <> 'school_list'
    union all
    select distinct publisher_id, 'district' as kind, district_id as id from {{ ref('int_organization') }}
    where described_in <> 'school_list'
    union all
    select distinct publisher_id, 'school' as kind, school_id as id from {{ ref('int_organization') }}
    where described_in <> 'school_list'
)

select
    kind,
    id,
    min(publisher_id) as one_publisher,
    max(publisher_id) as other_publisher
from ids
where id is not null
group by kind, id
having count(*) > 1
