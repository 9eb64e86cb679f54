set synchronous_commit = off;
set work_mem = '512MB';
set maintenance_work_mem = '512MB';
