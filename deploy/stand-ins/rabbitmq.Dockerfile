# Test material: answers to the name and the variables of the official image
# rabbitmq:3.13-management, from Debian's packages (3.10), where no image registry can be reached.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends rabbitmq-server \
  && rm -rf /var/lib/apt/lists/* \
  && printf '[rabbitmq_management].\n' >/etc/rabbitmq/enabled_plugins \
  && mkdir -p /etc/rabbitmq/conf.d
ENV RABBITMQ_LOGS=-
VOLUME /var/lib/rabbitmq
CMD ["rabbitmq-server"]
