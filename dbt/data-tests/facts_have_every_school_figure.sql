-- Nothing is lost between staging and the facts: the two facts have as many school figures as were published.
with staged as (
    select count(*) as n from {{ ref('stg_ospi__enrollment') }}
    where organization_level = 'school'
),

facts as (
    select sum(n) as n
    from (
        select count(*) as n from {{ ref('fct_enrollment') }}
        union all
        select count(*) as n from {{ ref('fct_enrollment_all_grades') }}
    ) as both_facts
)

select
    staged.n as staged_rows,
    facts.n as fact_rows
from staged
cross join facts
where staged.n <> facts.n
