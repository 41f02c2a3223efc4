-- No two publishers give an organization the same id: its figures would be added up with those of another.
with ids as (
    {% for kind in ['county', 'esd', 'district', 'school'] -%}
    select distinct publisher_id, '{{ kind }}' as kind, {{ kind }}_id as id from {{ ref('int_organization') }}
    where described_in <> 'school_list'
    {{ 'union all' if not loop.last }}
    {% endfor %}
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
