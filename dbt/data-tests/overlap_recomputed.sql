-- Overlap, recomputed from the shares of the groups.
with recomputed as (
    select
        'school' as organization,
        school_year,
        school_id as organization_id,
        1 - 0.5 * sum(abs(teacher_share - coalesce(student_share, 0))) as overlap
    from {{ ref('school_representation_by_group') }}
    where category_type = 'race_ethnicity'
    group by school_year, school_id
    union all
    select
        'district' as organization,
        school_year,
        district_id as organization_id,
        1 - 0.5 * sum(abs(teacher_share - coalesce(student_share, 0))) as overlap
    from {{ ref('district_representation_by_group') }}
    where category_type = 'race_ethnicity'
    group by school_year, district_id
    union all
    select
        'region' as organization,
        school_year,
        region_id as organization_id,
        1 - 0.5 * sum(abs(teacher_share - coalesce(student_share, 0))) as overlap
    from {{ ref('region_representation_by_group') }}
    where category_type = 'race_ethnicity'
    group by school_year, region_id
),

kept as (
    select 'school' as organization, school_year, school_id as organization_id, overlap
    from {{ ref('school_representation') }}
    union all
    select 'district' as organization, school_year, district_id as organization_id, overlap
    from {{ ref('district_representation') }}
    union all
    select 'region' as organization, school_year, region_id as organization_id, overlap
    from {{ ref('region_representation') }}
)

select
    kept.organization,
    kept.school_year,
    kept.organization_id,
    kept.overlap,
    recomputed.overlap as overlap_recomputed
from kept
inner join recomputed
    on kept.organization = recomputed.organization
    and kept.school_year = recomputed.school_year
    and kept.organization_id = recomputed.organization_id
where abs(kept.overlap - recomputed.overlap) > 0.0000001
