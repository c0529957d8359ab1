using System.Text.Json;
using System.Text.Json.Nodes;

namespace CallCenter.Deployment.Tests;

/// <summary>The Tiltfile, run as Starlark with Tilt's functions stubbed.</summary>
[Trait("needs", "server")]
public sealed class TiltTests
{
    private static readonly Lazy<string> Runner = new(Build);

    // What the Tiltfile's own helm() would render, but for host and nodes. Tilt has no hooks: services migrate at their start.
    private static readonly IReadOnlyList<Manifest> Rendered = Manifest.Parse("small", Chart.Template("small", "--set", "migrations.enabled=false").Succeeded());

    private static string Tiltfile { get; } = House.PathOf("tilt", "Tiltfile");

    [Fact]
    public void Every_service_is_built_where_its_image_is_looked_for()
    {
        var calls = Calls(Tiltfile);
        var images = Rendered.Where(m => m.Pod is not null).SelectMany(m => m.Containers).Select(c => c["image"]!.ToString().Split(':')[0]);
        Named(calls, "docker_build_with_restart").Select(c => First(c)).ShouldBe(images, ignoreOrder: true);
        foreach (var service in House.Services)
        {
            Named(calls, "local_resource").ShouldContain(c => First(c) == $"build-{service.ToLowerInvariant()}" && c["cmd"]!.ToString().Contains($"services/{service} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_resource_is_named_and_stands_after_what_it_needs()
    {
        var calls = Calls(Tiltfile);
        var resources = Named(calls, "k8s_resource").ToList();
        var workloads = Rendered.Where(m => m.Pod is not null).Select(m => m.Name);
        resources.Select(First).ShouldBe([.. workloads, "callcenter-rabbitmq", "callcenter-postgres", "callcenter-collector"], ignoreOrder: true);
        Order(calls).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_deployed_is_what_the_chart_renders_with_programs_that_can_be_replaced()
    {
        Named(Calls(Tiltfile), "helm").Single()["set"]!.ToJsonString().ShouldContain("migrations.enabled=false");
        var deployed = Named(Calls(Tiltfile), "k8s_yaml").Select(c => c["args"]![0]!).OfType<JsonValue>().Select(v => (JsonArray)JsonNode.Parse(v.ToString())!).Single();
        deployed.Count.ShouldBe(Rendered.Count);
        Manifest.List(deployed).Select(o => new Manifest("tilt", o)).Where(m => m.Pod is not null).SelectMany(m => m.Containers)
            .ShouldAllBe(c => !c["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("k8s_resource(\n", "k8s_resources(\n", "undefined: k8s_resources")]
    [InlineData("new_name = data", "name = data", "has no argument name")]
    [InlineData("ext://restart_process", "ext://restart", "no extension")]
    [InlineData("def needs(service):", "def needs(service)", "got newline")]
    public void A_wrong_Tiltfile_is_refused(string right, string wrong, string because)
    {
        var said = Run(Altered(right, wrong));
        said.ExitCode.ShouldBe(1);
        said.Errors.ShouldContain(because);
    }

    [Fact]
    public void A_resource_that_nobody_made_is_noticed() => Order(Calls(Altered("'rabbitmq'] +", "'rabbit'] +"))).ShouldNotBeEmpty();

    /// <summary>Names that are there twice, or that something waits for and nobody has.</summary>
    private static List<string> Order(IReadOnlyList<JsonObject> calls)
    {
        var names = Named(calls, "local_resource").Select(First).Concat(Named(calls, "k8s_resource").Select(c => c["new_name"]!.ToString())).ToList();
        var twice = names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => $"{g.Key} is there twice");
        var absent = Named(calls, "k8s_resource").SelectMany(c => c["resource_deps"] as JsonArray ?? []).Select(d => d!.ToString()).Except(names).Select(d => $"{d} is made by nobody");
        return [.. twice, .. absent];
    }

    private static IEnumerable<JsonObject> Named(IEnumerable<JsonObject> calls, string function) => calls.Where(c => c["function"]!.ToString() == function);

    private static string First(JsonObject call) => call["args"]![0]!.ToString();

    private static List<JsonObject> Calls(string tiltfile) =>
        [.. Run(tiltfile).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (JsonObject)JsonNode.Parse(l)!)];

    private static Said Run(string tiltfile)
    {
        var manifests = Path.Combine(Tool.Scratch, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(manifests, new JsonArray([.. Rendered.Select(m => m.Object.DeepClone())]).ToJsonString(JsonSerializerOptions.Default));
        return Tool.Run(Runner.Value, [tiltfile, manifests]);
    }

    private static string Altered(string right, string wrong)
    {
        var text = File.ReadAllText(Tiltfile);
        text.ShouldContain(right);
        var file = Path.Combine(Tool.Scratch, $"Tiltfile-{Guid.NewGuid():N}");
        File.WriteAllText(file, text.Replace(right, wrong, StringComparison.Ordinal));
        return file;
    }

    // Debian's Go with its package of Starlark: no module is fetched.
    private static string Build()
    {
        var program = Path.Combine(Tool.Scratch, "tiltfile");
        var environment = new Dictionary<string, string>
        {
            ["GO111MODULE"] = "off", ["GOPATH"] = "/usr/share/gocode", ["GOFLAGS"] = "", ["GOCACHE"] = Path.Combine(Tool.Scratch, "go"), ["CGO_ENABLED"] = "0",
        };
        Tool.Go(environment, "build", "-o", program, House.PathOf("tests", "Deployment.Tests", "Tilt", "tiltfile.go")).Succeeded();
        return program;
    }
}
