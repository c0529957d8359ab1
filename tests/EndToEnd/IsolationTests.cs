using System.Net;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>
/// Every endpoint that the API describes is asked for another tenant's things by an agent and a client viewer: 404, as for
/// things that do not exist; 403 only where the role may not ask for its own either. A new endpoint must be added here.
/// </summary>
[Trait("needs", "server")]
public sealed class IsolationTests(CentreFixture fixture)
{
    [Fact]
    public async Task Another_tenants_ids_are_404_on_every_endpoint()
    {
        var center = await fixture.Center();
        var ours = await Side.Make(center, "ours", "+358911000007");
        var theirs = await Side.Make(center, "theirs", "+358911000008");
        var operations = await Operations(center);
        var faults = new List<string>();
        foreach (var role in new[] { ours.Tenant.Agents[0], ours.Tenant.Client })
        {
            using var api = await ours.Tenant.SignIn(role);
            foreach (var (method, path) in operations)
            {
                faults.AddRange(await Ask(api, role.User, method, path, ours, theirs));
            }
        }

        operations.Count.ShouldBeGreaterThan(20);
        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_token_every_endpoint_is_401()
    {
        var center = await fixture.Center();
        using var nobody = Api.Anonymous(center.Address);
        foreach (var (method, path) in (await Operations(center)).Where(o => o.Path != "/api/sign-in"))
        {
            var filled = path.Replace("{number}", "1", StringComparison.Ordinal).Replace("{id}", $"{Guid.NewGuid()}", StringComparison.Ordinal)
                .Replace("{contact}", $"{Guid.NewGuid()}", StringComparison.Ordinal).Replace("{tenant}", $"{Guid.NewGuid()}", StringComparison.Ordinal);
            (await nobody.Status(method, filled, Body(method))).ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
        }
    }

    private static async Task<IEnumerable<string>> Ask(Api api, string who, HttpMethod method, string path, Side ours, Side theirs)
    {
        var faults = new List<string>();
        if (path.Contains('{', StringComparison.Ordinal))
        {
            var (own, other) = (await Status(api, method, path, ours), await Status(api, method, path, theirs));
            if (other != HttpStatusCode.NotFound && !(own == HttpStatusCode.Forbidden && other == HttpStatusCode.Forbidden))
            {
                faults.Add($"{who}: {method} {path}: another tenant's is {other}, its own {own}");
            }
        }
        else if (method == HttpMethod.Get)
        {
            faults.AddRange(await List(api, who, path, theirs));
        }
        return faults;
    }

    private static async Task<IEnumerable<string>> List(Api api, string who, string path, Side theirs)
    {
        var asked = await api.Status(HttpMethod.Get, $"{path}?tenant={theirs.Tenant.Id}");
        using var response = await api.Http.GetAsync(path);
        var told = await response.Content.ReadAsStringAsync();
        return theirs.Ids.Where(id => told.Contains(id, StringComparison.Ordinal)).Select(id => $"{who}: GET {path} tells of another tenant's {id}")
            .Concat(asked is HttpStatusCode.OK && await Tells(api, $"{path}?tenant={theirs.Tenant.Id}", theirs) ? [$"{who}: GET {path}?tenant= tells of another tenant"] : []);
    }

    private static async Task<bool> Tells(Api api, string path, Side side)
    {
        var told = (await api.Get(path)).ToJsonString();
        return side.Ids.Any(id => told.Contains(id, StringComparison.Ordinal));
    }

    private static Task<HttpStatusCode> Status(Api api, HttpMethod method, string path, Side side) => api.Status(method, side.Fill(path), side.Body(method, path));

    // What an endpoint that knows nobody is asked with.
    private static object? Body(HttpMethod method) => method == HttpMethod.Get ? null : new { };

    private static async Task<List<(HttpMethod Method, string Path)>> Operations(RunningCenter center)
    {
        using var nobody = Api.Anonymous(center.Address);
        var paths = (await nobody.Get("/openapi/v1.json"))["paths"]!.AsObject();
        return [.. from path in paths from operation in path.Value!.AsObject() select (HttpMethod.Parse(operation.Key), path.Key)];
    }

    /// <summary>A tenant with one of everything.</summary>
    private sealed record Side(TestTenant Tenant, Guid Agent, ContactItem Contact, Guid Customer, string PromptHash)
    {
        /// <summary>What must never be told to another tenant.</summary>
        public IReadOnlyList<string> Ids =>
            [$"{Tenant.Id}", $"{Tenant.Queue}", $"{Tenant.Flow}", $"{Tenant.Prompt}", Tenant.Number, $"{Agent}", $"{Contact.Id}", $"{Contact.Recordings[0]}", $"{Customer}"];

        public static async Task<Side> Make(RunningCenter center, string name, string number)
        {
            var tenant = await TestTenant.Make(center, name, number, agents: 1);
            var contact = await OneTalk.Play(center, tenant);
            using var client = await tenant.SignIn(tenant.Client);
            var customer = (Guid)(await client.Get($"/api/customers/of-contact/{contact.Id}"))["id"]!;
            return new Side(tenant, contact.Agent!.Value, contact, customer, tenant.PromptHash);
        }

        /// <summary>The path with this tenant's ids in it; throws for a path that is not known here.</summary>
        public string Fill(string path) => path.Split('/')[2] switch
        {
            "agents" or "users" => Put(path, "id", Agent),
            "queues" => Put(path, "id", Tenant.Queue),
            "flows" => Put(path, "id", Tenant.Flow),
            "prompts" => Put(Put(Put(path, "id", Tenant.Prompt), "hash", PromptHash), "tenant", Tenant.Id),
            "recordings" => Put(Put(path, "id", Contact.Recordings[0]), "number", "0"),
            "contacts" or "routing" => Put(path, "id", Contact.Id),
            "customers" => Put(Put(path, "id", Customer), "contact", Contact.Id),
            "tenants" or "snapshots" => Put(path, "id", Tenant.Id),
            "numbers" => Put(path, "number", Tenant.Number),
            "phones" => Put(path, "sipUser", Tenant.Agents[0].SipUser),
            "trunks" => Put(path, "name", "local"),
            "telephony" => Put(path, "address", "192.0.2.9"),
            var unknown => throw new InvalidOperationException($"/api/{unknown} is new: tell here what its ids are"),
        };

        /// <summary>A body that the endpoint takes, where one of nothing is refused before the ids are looked at.</summary>
        public object? Body(HttpMethod method, string path) => (path.Split('/')[2], path.Split('/')[^1]) switch
        {
            (_, "disposition") => new { contact = Contact.Id, code = "done" },
            (_, "status") => new { status = "LoggedOut" },
            (_, "standing-leg") => new { wanted = false },
            ("agents", "consult" or "transfer") => new { contact = Contact.Id, to = new { number = Tenant.Number } },
            ("agents", "monitor") => new { contact = Contact.Id, mode = "listen" },
            ("agents", "digits") => new { contact = Contact.Id, digits = "1" },
            ("agents", _) when method == HttpMethod.Post => new { contact = Contact.Id },
            ("customers", _) when method == HttpMethod.Put => new { name = "", notes = "", numbers = Array.Empty<string>(), version = 1 },
            _ => IsolationTests.Body(method),
        };

        private static string Put(string path, string name, object value) => path.Replace($"{{{name}}}", $"{value}", StringComparison.Ordinal);
    }
}
