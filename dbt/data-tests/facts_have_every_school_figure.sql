-- Nothing is lost between staging and the facts: as many figures of schools in the two facts as were published.
select *
from (
    select
        (select count(*) from {{ ref('int_enrollment') }} where organization_level = 'school') as staged_rows,
        (select count(*) from {{ ref('fct_enrollment') }})
        + (select count(*) from {{ ref('fct_enrollment_all_grades') }}) as fact_rows
) as counts
where staged_rows <> fact_rows
