{#
    The columns that say which organization a row of the education office's files describes, and in which line it stands. They
    come from `source_rows` and `regional_totals`.
#}
{% macro ospi_organization() -%}
    source_rows.landed_sha256,
    source_rows.line_number,
    source_rows.school_year,
    source_rows.organization_level,
    coalesce(
        source_rows.organization_level = 'district' and regional_totals.district_code is not null,
        false
    ) as is_regional_total,
    substring(source_rows.district_code, 1, 2) as county_id,
    substring(source_rows.district_code, 1, 2) as county_code,
    source_rows.county as county_name,
    source_rows.esd_organization_id as esd_id,
    source_rows.esd_name,
    source_rows.district_code as district_id,
    source_rows.district_code,
    source_rows.district_name,
    source_rows.school_code,
    source_rows.school_name,
    case
        when source_rows.organization_level = 'school'
        then {{ school_id('source_rows.district_code', 'source_rows.school_code') }}
    end as school_id,
    source_rows.current_school_type as school_type_code
{%- endmacro %}
