using System.Text.Json.Nodes;

namespace CallCenter.Deployment.Tests;

/// <summary>What every workload keeps, and that each rule notices when one does not.</summary>
[Trait("needs", "server")]
public sealed class PolicyTests
{
    private static readonly IReadOnlyList<Manifest> Workloads = [.. Deployed.All.Where(m => m.Pod is not null)];

    public static TheoryData<string> Rules => new(Policies.All.Select(p => p.Says));

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_pod_has(string rule)
    {
        var policy = Policies.All.Single(p => p.Says == rule);
        Workloads.Count.ShouldBeGreaterThan(3 * House.Services.Count);
        Workloads.SelectMany(w => policy.Faults(w).Select(f => $"{w}: {f}")).ShouldBeEmpty(rule);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_pod_is_noticed_without(string rule)
    {
        var policy = Policies.All.Single(p => p.Says == rule);
        foreach (var workload in Workloads.Where(w => w.Source == "small"))
        {
            var broken = workload.Copy();
            policy.Break(broken);
            policy.Faults(broken).ShouldNotBeEmpty($"{workload} without {rule}");
        }
    }

    [Theory]
    [InlineData("small")]
    [InlineData("medium")]
    [InlineData("large")]
    public void Nobody_is_let_in_who_is_not_named(string size)
    {
        var policies = Chart.Manifests(size).Where(m => m.Kind == "NetworkPolicy").ToList();
        var deny = policies.Single(p => p.Name == "callcenter-deny");
        deny.At("spec", "policyTypes")!.ToJsonString().ShouldBe("""["Ingress","Egress"]""");
        deny.At("spec", "ingress").ShouldBeNull();
        deny.At("spec", "egress").ShouldBeNull();
        foreach (var pod in Workloads.Where(w => w.Source == size && !IsGateway(w)))
        {
            Labels(pod).ShouldContain(l => l.Key == "app.kubernetes.io/part-of" && l.Value == "callcenter", "the default denial selects by it");
            policies.Count(p => Selects(p, pod)).ShouldBe(2, $"{pod}: the denial and its own");
        }
        foreach (var rule in policies.SelectMany(p => Manifest.List(p.At("spec", "ingress")).Concat(Manifest.List(p.At("spec", "egress")))))
        {
            var peers = Manifest.List(rule["from"] ?? rule["to"]).ToList();
            peers.ShouldNotBeEmpty($"without peers a rule lets everybody: {rule}");
            peers.ShouldAllBe(p => p.Count > 0 && p.All(part => part.Value!.ToJsonString() != "{}"));
        }
    }

    [Theory]
    [InlineData("small")]
    [InlineData("medium")]
    [InlineData("large")]
    public void Whom_a_service_calls_lets_it_in(string size)
    {
        var manifests = Chart.Manifests(size);
        foreach (var caller in manifests.Where(m => m.Kind == "Deployment"))
        {
            foreach (var called in Called(caller).Where(c => c != "telephony"))
            {
                var own = manifests.Single(m => m.Kind == "NetworkPolicy" && m.Name == $"callcenter-{called}");
                own.At("spec", "ingress")!.ToJsonString().ShouldContain($"\"app.kubernetes.io/name\":\"{caller.Name["callcenter-".Length..]}\"");
                manifests.Single(m => m.Kind == "NetworkPolicy" && m.Name == caller.Name).At("spec", "egress")!.ToJsonString().ShouldContain($"\"app.kubernetes.io/name\":\"{called}\"");
            }
        }
    }

    [Fact]
    public void The_gateways_namespace_alone_is_privileged_and_their_calls_may_end()
    {
        var manifests = Chart.Manifests("small");
        manifests.Single(m => m.Kind == "Namespace").At("metadata", "labels", "pod-security.kubernetes.io/enforce")!.ToString().ShouldBe("privileged");
        var gateway = manifests.Single(IsGateway);
        var drain = int.Parse(Manifest.List(gateway.Containers.Single()["env"]).Single(e => e["name"]!.ToString() == "Telephony__DrainSeconds")["value"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture);
        ((int)gateway.Pod!["terminationGracePeriodSeconds"]!).ShouldBeGreaterThan(drain + 10);
        manifests.Where(m => m.Namespace == gateway.Namespace).ShouldContain(m => m.Kind == "PodDisruptionBudget");
        manifests.Where(m => m.Kind == "PodDisruptionBudget").ShouldNotContain(m => m.Name == "callcenter-routing", "its standby is never ready: a budget would stop every drain of a node");
    }

    private static bool IsGateway(Manifest m) => m.Kind == "StatefulSet";

    private static IEnumerable<string> Called(Manifest workload) =>
        Manifest.List(workload.Containers.First()["env"]).Select(e => e["name"]!.ToString()).Where(n => n.StartsWith("Services__", StringComparison.Ordinal)).Select(n => n.Split("__")[1].ToLowerInvariant());

    private static Dictionary<string, string> Labels(Manifest workload) => Pairs(workload.At("spec", "template", "metadata", "labels"));

    private static bool Selects(Manifest policy, Manifest workload)
    {
        var labels = Labels(workload);
        return Pairs(policy.At("spec", "podSelector", "matchLabels")).All(l => labels.GetValueOrDefault(l.Key) == l.Value);
    }

    private static Dictionary<string, string> Pairs(JsonNode? node) => ((JsonObject)node!).ToDictionary(l => l.Key, l => l.Value!.ToString());
}
