"""
Builds the dbt project on a Spark cluster, of the raw/ folder of a build:

    spark.py MASTER MEMORY RAW WORK DBT-ARGUMENT...

MEMORY is the driver's and each executor's, such as 1g. Leaves every table as Parquet in WORK/tables/SCHEMA.db/NAME, every view
too unless ROLLCALL_SPARK_VIEWS is 0, and in WORK/executors.json what each executor did.
"""

import json
import os
import sys
from pathlib import Path
from urllib.request import urlopen

from dbt.cli.main import dbtRunner
from pyspark.sql import SparkSession

master, memory, raw, work, *dbt_arguments = sys.argv[1:]
tables = Path(work, "tables")
# Small tables are small queries: two parts for two cores. Of large ones, each part has some 32 MB of the lake's Parquet.
partitions = max(2, sum(file.stat().st_size for file in Path(raw).rglob("*.parquet")) // 2**25)
# A union of all tables is deep: reading its plan takes more than half of Java's usual stack of 1 MB, and sometimes all of it.
java_options = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss4m"

# dbt's session method finds this session, and runs everything in it.
spark = (
    SparkSession.builder.master(master)
    .appName("rollcall")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.ui.port", "0")
    .config("spark.sql.catalogImplementation", "in-memory")
    .config("spark.sql.warehouse.dir", str(tables))
    # Partitions are school years, and a school year such as 2011-12 is no month.
    .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    # Small tables are sent by the driver to every executor. Spark takes the size of the file for that of the table, and five million
    # figures are 5 MB of Parquet; its usual 10 MB would send them all.
    .config("spark.sql.autoBroadcastJoinThreshold", "256k")
    .config("spark.driver.memory", memory)
    .config("spark.executor.memory", memory)
    .config("spark.sql.shuffle.partitions", str(partitions))
    # Many small queries on two cores: no time to optimise what runs once, nor for a crowd of threads.
    .config("spark.driver.extraJavaOptions", java_options)
    .config("spark.executor.extraJavaOptions", java_options)
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

spark.sql("create schema raw")
for folder in sorted(Path(raw).iterdir()):
    spark.sql(f"create view raw.{folder.name} as select * from parquet.`{folder}`")

# That models or tests fail is no exception.
result = dbtRunner().invoke(dbt_arguments)
if result.exception:
    raise result.exception

for schema in spark.catalog.listDatabases() if os.environ.get("ROLLCALL_SPARK_VIEWS") != "0" else []:
    for table in spark.catalog.listTables(schema.name):
        if table.tableType == "VIEW":
            view = spark.table(f"{schema.name}.{table.name}")
            view.write.parquet(str(tables / f"{schema.name}.db" / table.name))

application = spark.sparkContext
with urlopen(f"{application.uiWebUrl}/api/v1/applications/{application.applicationId}/executors") as answer:
    Path(work, "executors.json").write_bytes(answer.read())
spark.stop()
