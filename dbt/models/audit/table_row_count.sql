{% set tables = [
    'dim_school_snapshot', 'bridge_school_region', 'bridge_school_type',
    'fct_enrollment', 'fct_enrollment_all_grades', 'fct_district_enrollment', 'fct_district_enrollment_all_grades',
    'fct_teacher', 'fct_district_teacher',
    'schools', 'school_demographics', 'school_representation', 'school_representation_by_group',
    'district_representation_by_group', 'region_representation_by_group',
    'top_schools_by_student_group', 'top_elementary_schools_by_teacher_group', 'top_schools_by_teachers_of_color',
] %}
with partitions as (
    select * from {{ ref('dim_source_partition') }}
),

files as (
    select
        partitions.school_year,
        landed_files.is_sample,
        landed_files.origin like 'https://%' as is_live
    from partitions
    inner join {{ ref('dim_landed_file') }} as landed_files
        on partitions.landed_sha256 = landed_files.landed_sha256
    -- A school list is a region's own file, whatever the rest is.
    left join (select distinct landed_sha256 from {{ ref('int_school_list') }}) as lists
        on partitions.landed_sha256 = lists.landed_sha256
    where lists.landed_sha256 is null
),

data_sets as (
    select
        school_year,
        case
            when max(case when is_sample then 1 else 0 end) = 1 then 'sample'
            when min(case when is_live then 1 else 0 end) = 1 then 'live'
            else 'files'
        end as data_set
    from files
    group by school_year
),

counted as (
    select source_id as table_name, school_year, rows_in_count as row_count from partitions
    union all
    {% for table in tables -%}
    select '{{ table }}' as table_name, school_year, count(*) as row_count from {{ ref(table) }} group by school_year
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        counted.table_name,
        counted.school_year,
        data_sets.data_set,
        cast(counted.row_count as bigint) as row_count
    from counted
    left join data_sets
        on counted.school_year = data_sets.school_year
)

select * from final
