{#
    How dbt writes the rows of a seed on Spark. Its own way, in a session, turns an empty cell into the text "None" and fails
    on an apostrophe (dbt-labs/dbt-adapters#487).
#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config']['column_types'] -%}
    {%- set rows -%}
        {%- for row in agate_table.rows -%}
            (
            {%- for column in agate_table.column_names -%}
                {%- set cell = row[column] -%}
                {%- set text = "'" ~ (cell | string | replace('\\', '\\\\') | replace("'", "\\'")) ~ "'" -%}
                cast({{ 'null' if cell is none else text }} as {{ types[column] }}){{ ', ' if not loop.last }}
            {%- endfor -%}
            ){{ ', ' if not loop.last }}
        {%- endfor -%}
    {%- endset -%}
    {%- set insert = 'insert into ' ~ this ~ ' values ' ~ rows -%}
    {%- set _ = adapter.add_query(insert, abridge_sql_log=True) -%}
    {{ return(insert) }}
{%- endmacro %}
