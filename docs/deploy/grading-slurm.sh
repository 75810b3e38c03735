#!/bin/bash
#SBATCH --array=1-8 --cpus-per-task=2 --mem=6G --time=02:00:00
# sbatch grading-slurm.sh, where submissions/ is; afterwards: python -m encoder_lab.exercises merge grades
part="$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
python -m encoder_lab.exercises grade submissions --workers 2 --part "$part" --out "grades/$SLURM_ARRAY_TASK_ID"
