using System.Text.RegularExpressions;
using CallCenter.TestKit.Running;

namespace CallCenter.Hosting.Tests.Dapr;

/// <summary>The manifests of k8s/dapr name the services by the app ids that the code asks for.</summary>
public sealed partial class ManifestTests
{
    private static readonly string[] Apps =
        [.. Directory.GetDirectories(Path.Combine(Source.Root, "services")).Select(f => Path.GetFileName(f).ToLowerInvariant()).Where(IsApp).Order(StringComparer.Ordinal)];

    // Those hosts run services that have a project of their own.
    private static bool IsApp(string service) => service is not ("allinone" or "fleet");

    private static string Read(string file) => File.ReadAllText(Path.Combine(Source.Root, "k8s", "dapr", file));

    [Fact]
    public void Every_service_may_read_its_secrets() =>
        Scopes().Match(Read("secrets.yaml")).Groups["apps"].Value.Split(", ").Order(StringComparer.Ordinal).ShouldBe(Apps);

    [Fact]
    public void Every_service_that_asks_others_is_let_in_and_no_unknown_one()
    {
        var callers = CallerIds().Matches(Read("configuration.yaml")).Select(m => m.Groups["app"].Value).Order(StringComparer.Ordinal);
        callers.ShouldBe(Apps.Except(["tenancy"]), "Tenancy asks nobody");
    }

    [Fact]
    public void Every_service_that_is_asked_has_its_policies()
    {
        var targets = Targets().Matches(Read("resiliency.yaml")).Select(m => m.Groups["app"].Value).Distinct();
        targets.ShouldBe(["tenancy", "routing", "ivr", "recording", "reporting"], ignoreOrder: true);
        targets.ShouldBeSubsetOf(Apps);
    }

    [GeneratedRegex(@"^scopes: \[(?<apps>[a-z, ]+)\]$", RegexOptions.Multiline)]
    private static partial Regex Scopes();

    [GeneratedRegex(@"^ +- appId: (?<app>\w+)$", RegexOptions.Multiline)]
    private static partial Regex CallerIds();

    [GeneratedRegex(@"^      (?<app>[a-z]+)(\.callcenter)?: \{ timeout: request", RegexOptions.Multiline)]
    private static partial Regex Targets();
}
