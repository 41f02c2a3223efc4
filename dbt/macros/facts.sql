{# The published figures of students in schools or in districts, grade by grade or over all grades. #}
{% macro student_figures(enrollment, organization, by_grade) -%}
    select
        school_year,
        {{ organization }}_id,
        {{ 'grade_id,' if by_grade }}
        demographic_group_id,
        student_count,
        student_count_status,
        printed_student_count,
        landed_sha256,
        line_number
    from {{ enrollment }}
    where organization_level = '{{ organization }}'
        {{ 'and not is_regional_total' if organization == 'district' }}
        and grade_id {{ '<>' if by_grade else '=' }} 'all_grades'
{%- endmacro %}

{# The published figures of teachers in schools or in districts. #}
{% macro teacher_figures(teachers, organization) -%}
    select
        school_year,
        {{ organization }}_id,
        demographic_group_id,
        teacher_total_count,
        teacher_count,
        teacher_count_status,
        years_of_experience_sum,
        masters_or_higher_count,
        landed_sha256,
        line_number
    from {{ teachers }}
    where organization_level = '{{ organization }}'
        {{ 'and district_id is not null and not is_regional_total' if organization == 'district' }}
{%- endmacro %}
