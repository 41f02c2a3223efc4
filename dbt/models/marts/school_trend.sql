{{ trend(['school_id'], ref('school_representation_by_group'), ['region_id', 'school_code', 'school_name', 'district_name']) }}
