-- Nothing is lost between staging and the facts: as many figures of schools in the two facts as were published.
with staged as (
    select count(*) as n from {{ ref('int_enrollment') }}
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
