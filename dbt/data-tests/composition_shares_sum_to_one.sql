{{ config(severity='warn') }}
-- Within a category type the shares of students, and of teachers, in the region and its districts sum to 1, except where
-- the publisher's own figures don't add up.
with by_group as (
    select school_year, district_id as organization_id, category_type, student_share, teacher_share
    from {{ ref('district_representation_by_group') }}
    union all
    select school_year, region_id as organization_id, category_type, student_share, teacher_share
    from {{ ref('region_representation_by_group') }}
)

select
    school_year,
    organization_id,
    category_type,
    sum(student_share) as sum_of_student_shares,
    sum(teacher_share) as sum_of_teacher_shares
from by_group
where category_type in ('race_ethnicity', 'gender')
group by school_year, organization_id, category_type
having abs(sum(student_share) - 1) > 0.001 or abs(sum(teacher_share) - 1) > 0.001
