using System.Text.Json;
using System.Text.Json.Nodes;

namespace CallCenter.Deployment.Tests;

/// <summary>Everything that goes to a cluster is what its API server takes, as far as that can be said without one.</summary>
[Trait("needs", "server")]
public sealed class ManifestTests
{
    /// <summary>Kinds of operators whose types no package carries: looked at by hand against the operators' own schemas.</summary>
    private static readonly string[] WithoutTypes = ["RabbitmqCluster", "Cluster"];

    [Fact]
    public void Every_manifest_is_valid() => Faults([.. Deployed.All.Where(m => !WithoutTypes.Contains(m.Kind))]).ShouldBe("");

    [Fact]
    public void A_wrong_field_a_wrong_value_and_a_wrong_kind_are_found()
    {
        var gateway = Chart.Manifests("small").Single(m => m.Kind == "StatefulSet");
        var (misspelt, text, unknown) = (gateway.Copy(), gateway.Copy(), gateway.Copy());
        misspelt.Pod!["hostNetwrk"] = true;
        text.Object["spec"]!["replicas"] = "two";
        unknown.Object["kind"] = "StatelessSet";
        Faults([misspelt]).ShouldContain("hostNetwrk");
        Faults([text]).ShouldContain("replicas must be integer");
        Faults([unknown]).ShouldContain("no kind StatelessSet");
    }

    /// <summary>Needs a cluster, its context in KUBECONFIG; changes nothing there. The namespaces of the chart must exist.</summary>
    [Fact(Explicit = true)]
    [Trait("soak", "cluster")]
    public void The_server_of_a_given_cluster_takes_every_manifest()
    {
        Environment.GetEnvironmentVariable("KUBECONFIG").ShouldNotBeNullOrEmpty("set KUBECONFIG to a cluster's: nothing is changed there");
        foreach (var size in Chart.Sizes)
        {
            var file = Path.Combine(Tool.Scratch, $"server-{size}.yaml");
            File.WriteAllText(file, Chart.Render(size));
            Tool.Kubectl("apply", "--dry-run=server", "--namespace", Chart.Namespace, "-f", file).Succeeded();
        }
    }

    private static string Faults(IReadOnlyList<Manifest> manifests)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Tool.Scratch, Guid.NewGuid().ToString("N")));
        try
        {
            var input = new JsonArray([.. manifests.Select(m => new JsonObject { ["source"] = m.Source, ["manifest"] = m.Object.DeepClone() })]);
            return Tool.Node(input.ToJsonString(JsonSerializerOptions.Default), House.PathOf("tests", "Deployment.Tests", "manifests.mjs"), folder.FullName).Succeeded().Trim();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>All manifests: the chart's in every size, and those of k8s.</summary>
internal static class Deployed
{
    public static IReadOnlyList<Manifest> All { get; } =
    [
        .. Chart.Sizes.Append("small+dapr").SelectMany(Chart.Manifests),
        .. Directory.EnumerateFiles(House.PathOf("k8s"), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(f => !f.Contains("/rules", StringComparison.Ordinal) && !f.Contains("/dapr/", StringComparison.Ordinal))
            .SelectMany(f => Manifest.Parse(Path.GetRelativePath(House.Root, f), File.ReadAllText(f))),
    ];
}
