select
    landed_sha256,
    line_number,
    school_year,
    district_code,
    school_code,
    {{ school_id('district_code', 'school_code') }} as school_id,
    is_in_region,
    is_elementary,
    is_middle,
    is_high,
    street_address,
    city,
    state,
    zip,
    latitude,
    longitude
from {{ source('road_map', 'school_list') }}
