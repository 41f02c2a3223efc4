{{ config(severity='warn') }}
-- Within a category type the shares of a school's teachers sum to 1: nobody is counted twice or left out.
select
    demographics.school_year,
    demographics.school_id,
    groups.category_type,
    sum(demographics.teacher_share) as sum_of_shares
from {{ ref('school_demographics') }} as demographics
inner join {{ ref('dim_demographic_group') }} as groups
    on demographics.demographic_group_id = groups.demographic_group_id
where groups.category_type in ('race_ethnicity', 'gender') and demographics.teacher_share is not null
group by demographics.school_year, demographics.school_id, groups.category_type
having abs(sum(demographics.teacher_share) - 1) > 0.000000001
