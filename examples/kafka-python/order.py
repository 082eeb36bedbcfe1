"""Orders a clip over Kafka and waits for its end: pip install confluent-kafka"""

import json
import sys
import uuid
from confluent_kafka import Consumer, Producer, TopicPartition

PROMPTS = "video.prompt.submitted.v1"
FINISHED = "video.finished.v1"


def partitions_from_now_on(consumer):
    """Every partition of the topic at its end: what finished before is of no interest."""
    topic = consumer.list_topics(FINISHED, timeout=10).topics[FINISHED]
    found = []
    for number in topic.partitions:
        _, end = consumer.get_watermark_offsets(TopicPartition(FINISHED, number), timeout=10)
        found.append(TopicPartition(FINISHED, number, end))
    return found


def main(servers, prompt):
    job_id = str(uuid.uuid4())
    consumer = Consumer({
        "bootstrap.servers": servers,
        "group.id": f"order-{job_id}",
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
    })
    consumer.assign(partitions_from_now_on(consumer))
    producer = Producer({"bootstrap.servers": servers, "acks": "all", "partitioner": "murmur2_random"})
    producer.produce(
        PROMPTS,
        key=job_id,
        value=json.dumps({"jobId": job_id, "prompt": prompt, "seconds": 2, "steps": 12, "seed": 7}),
        headers={"ce_specversion": "1.0", "ce_id": job_id, "ce_source": "/me", "ce_type": f"dev.galatea.{PROMPTS}"})
    if producer.flush(30) > 0:
        sys.exit("the broker did not take the prompt")
    while True:
        record = consumer.poll(1)
        if record is None or record.error() or record.key().decode() != job_id:
            continue
        finished = json.loads(record.value())
        if finished["status"] != "completed":
            sys.exit(f'{finished["status"]}: {finished["failure"]["message"]}')
        clip = finished["clip"]["video"]
        print(job_id, f's3://{clip["bucket"]}/{clip["key"]}', clip["bytes"])
        return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "a red ball bounces under a blue sky")
