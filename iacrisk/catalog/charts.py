"""Helm charts and custom kinds: which hold data, which rule a cluster, which only show something.

From the charts' own documentation. A chart is known by its name, with any path or `oci://` before
it taken off.
"""

from typing import Final

DATA_CHARTS: Final = frozenset(
    {
        "cassandra", "clickhouse", "cluster", "cockroachdb", "consul", "elasticsearch", "etcd",
        "gitea", "gitlab", "harbor", "influxdb", "jenkins", "kafka", "keycloak", "loki",
        "longhorn", "mariadb", "mariadb-galera", "minio", "mongodb", "mysql", "nats", "neo4j",
        "nexus", "opensearch", "postgresql", "postgresql-ha", "prometheus", "pulsar", "qdrant",
        "rabbitmq", "redis", "redis-cluster", "rook-ceph-cluster", "solr", "sonarqube", "tempo",
        "thanos", "valkey", "vault", "victoria-metrics-single", "weaviate", "zookeeper",
    }
)  # fmt: skip
"""Charts that keep data."""

CONTROLLERS: Final = frozenset(
    {
        "actions-runner-controller", "ambassador", "argo-cd", "argo-rollouts", "argo-workflows",
        "aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-load-balancer-controller",
        "aws-vpc-cni", "base", "calico", "cert-manager", "cilium", "cloudnative-pg",
        "cluster-autoscaler", "contour", "crossplane", "emissary-ingress", "external-dns",
        "external-secrets", "flux2", "gatekeeper", "gateway", "haproxy-ingress",
        "ingress-nginx", "istio-base", "istiod", "karpenter", "karpenter-crd", "keda", "kong",
        "kube-prometheus-stack", "kyverno", "linkerd-control-plane", "linkerd-crds", "metallb",
        "nginx-ingress", "nginx-ingress-controller", "rook-ceph", "sealed-secrets",
        "secrets-store-csi-driver", "strimzi-kafka-operator", "tigera-operator", "traefik",
        "vault-secrets-operator", "velero",
    }
)  # fmt: skip
"""Charts on which the rest of a cluster lives: kinds, entrances, networks, certificates, names.

Charts whose name ends in `-operator` or `-controller` count too.
"""

SHOWS_ONLY: Final = frozenset(
    {
        "botkube", "dashboard", "echo-server", "goldilocks", "headlamp", "hello-world",
        "k8s-dashboard", "kube-ops-view", "kube-state-metrics", "kubernetes-dashboard",
        "kubeview", "node-problem-detector", "podinfo", "polaris", "popeye", "reloader",
        "whoami",
    }
)  # fmt: skip
"""Charts without data of their own that nothing else lives on.

Charts whose name ends in `-exporter`, `-dashboard` or `-ui` count too.
"""

DATA_KINDS: Final = frozenset(
    {
        "Cassandra", "CassandraDatacenter", "CephBlockPool", "CephCluster", "CephFilesystem",
        "CephObjectStore", "ClickHouseInstallation", "Cluster", "CrdbCluster",
        "CustomResourceDefinition", "Elasticsearch", "EtcdCluster", "InfluxDB", "InnoDBCluster",
        "Kafka", "KafkaNodePool", "KafkaTopic", "MariaDB", "MongoDB", "MongoDBCommunity",
        "MySQL", "MysqlCluster", "Namespace", "NatsCluster", "OpenSearchCluster",
        "PerconaServerMongoDB", "PerconaXtraDBCluster", "PersistentVolume",
        "PersistentVolumeClaim", "PostgresCluster", "RabbitmqCluster", "Redis", "RedisCluster",
        "RedisFailover", "StatefulSet", "Tenant", "VolumeSnapshot", "VolumeSnapshotContent",
        "ZookeeperCluster", "postgresql",
    }
)  # fmt: skip
"""Kinds whose objects go with data: claims, databases of operators, and the kinds themselves."""

RUNNING_KINDS: Final = frozenset(
    {
        "Application", "ApplicationSet", "AuthorizationPolicy", "Certificate", "ClusterIssuer",
        "ClusterSecretStore", "CronJob", "DaemonSet", "Deployment", "DestinationRule",
        "EC2NodeClass", "EnvoyFilter", "ExternalSecret", "GRPCRoute", "Gateway", "GatewayClass",
        "HTTPRoute", "HelmRelease", "Ingress", "IngressRoute", "Issuer", "Kustomization",
        "NodePool", "Rollout", "SealedSecret", "SecretProviderClass", "SecretStore", "Service",
        "ServiceEntry", "TCPRoute", "TLSRoute", "VirtualService",
    }
)  # fmt: skip
"""Kinds whose objects run or serve something, or own what pods need."""


def chart_name(chart: object) -> str:
    """The bare name of a chart, "" where it is not known."""
    return chart.rstrip("/").rpartition("/")[2].lower() if isinstance(chart, str) else ""


def holds_data(chart: str) -> bool:
    """Whether the chart keeps data."""
    return chart in DATA_CHARTS


def rules_a_cluster(chart: str) -> bool:
    """Whether the rest of a cluster lives on the chart."""
    return chart in CONTROLLERS or chart.endswith(("-operator", "-controller", "-crds", "-crd"))


def shows_only(chart: str) -> bool:
    """Whether the chart has no data and nothing else lives on it."""
    return chart in SHOWS_ONLY or chart.endswith(("-exporter", "-dashboard", "-ui"))
