using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>
/// A tenant of a test's own, made through the configuration API: one number, a menu with two keys, two queues, short prompts
/// and short deadlines, as many agents as wanted.
/// </summary>
public sealed class TestTenant
{
    private readonly RunningCenter _center;
    private readonly Api _administrator;

    private TestTenant(RunningCenter center, Api administrator, string name)
    {
        _center = center;
        _administrator = administrator;
        Name = name;
    }

    public string Name { get; }

    public Guid Id { get; } = Guid.CreateVersion7();

    public Guid Queue { get; } = Guid.CreateVersion7();

    /// <summary>Key 2 leads here: nobody has the skill it asks for.</summary>
    public Guid QueueOfNobody { get; } = Guid.CreateVersion7();

    public Guid Flow { get; } = Guid.CreateVersion7();

    public Guid Prompt { get; } = Guid.CreateVersion7();

    /// <summary>Hash of the prompt's audio.</summary>
    public string PromptHash { get; private set; } = "";

    public string Number { get; private set; } = "";

    public IReadOnlyList<TestAgent> Agents { get; private set; } = [];

    /// <summary>A user with the role supervisor.</summary>
    public TestAgent Supervisor { get; private set; } = null!;

    /// <summary>A user with the role client.</summary>
    public TestAgent Client { get; private set; } = null!;

    /// <summary>Makes the tenant.</summary>
    /// <param name="name">Lower-case letters; also in the users' names.</param>
    /// <param name="number">The number to call.</param>
    public static async Task<TestTenant> Make(
        RunningCenter center, string name, string number, int agents, int offerTimeoutSeconds = 5, int shortAbandonSeconds = 5, int concurrentCalls = 100)
    {
        var administrator = await center.SignInAs("administrator");
        var tenant = new TestTenant(center, administrator, name) { Number = number };
        await tenant.MakeTenant(concurrentCalls);
        await tenant.MakeQueue(tenant.Queue, "Jono", null, offerTimeoutSeconds, shortAbandonSeconds);
        await tenant.MakeQueue(tenant.QueueOfNobody, "Tyhjä", new { nobody = 1 }, offerTimeoutSeconds, shortAbandonSeconds);
        await tenant.MakeNumber();
        var made = new List<TestAgent>();
        for (var i = 1; i <= agents; i++)
        {
            made.Add(await tenant.MakeAgent(i));
        }
        tenant.Agents = made;
        tenant.Supervisor = await tenant.MakeUser(Guid.CreateVersion7(), $"{name}-boss", "supervisor");
        tenant.Client = await tenant.MakeUser(Guid.CreateVersion7(), $"{name}-client", "client");
        await FollowedConfiguration.Wait(center);
        return tenant;
    }

    /// <summary>Every contact of the tenant so far.</summary>
    public Task<IReadOnlyList<ContactItem>> Contacts(Api api) => api.Contacts(Id);

    public Task<Api> SignIn(TestAgent user) => Api.SignIn(_center.Address, user.User, user.Password);

    private async Task MakeTenant(int concurrentCalls)
    {
        await Put($"/api/tenants/{Id}", new
        {
            name = Name, language = "fi", timeZone = "Europe/Helsinki", limits = new { concurrentCalls, callsPerSecond = 100 },
        });
        PromptHash = (string)(await Put($"/api/prompts/{Prompt}", new { tenant = Id, language = "fi", text = "Hei." }))["hash"]!;
    }

    private Task<System.Text.Json.Nodes.JsonNode> MakeQueue(Guid id, string name, object? skills, int offerTimeoutSeconds, int shortAbandonSeconds) => Put($"/api/queues/{id}", new
    {
        tenant = Id, name, skills, wrapUpSeconds = 1, offerTimeoutSeconds, shortAbandonSeconds, record = true,
    });

    private async Task MakeNumber()
    {
        await Put($"/api/flows/{Flow}", new
        {
            tenant = Id, name = "Puhelu", language = "fi", start = "menu",
            steps = new Dictionary<string, object>
            {
                ["menu"] = new
                {
                    menu = new
                    {
                        prompt = Prompt, options = new Dictionary<string, string> { ["1"] = "queue", ["2"] = "nobody" }, noInput = Prompt, noMatch = Prompt,
                        attempts = 3, firstDigitSeconds = 5, failed = "bye",
                    },
                },
                ["queue"] = new { queue = new { queue = Queue, music = (Guid?)null, agentLost = Prompt } },
                ["nobody"] = new { queue = new { queue = QueueOfNobody, music = (Guid?)null, agentLost = Prompt } },
                ["bye"] = new { hangUp = new { prompt = Prompt } },
            },
        });
        await Put($"/api/numbers/{Number}", new { tenant = Id, kind = "geographic", flow = Flow, fallback = new { longestHoldSeconds = 30 } });
    }

    private async Task<TestAgent> MakeAgent(int number)
    {
        var id = Guid.CreateVersion7();
        var user = await MakeUser(id, $"{Name}-{number}", "agent");
        var phone = user with { SipUser = $"{Name}{number}", SipPassword = $"{Guid.NewGuid():N}" };
        await Put($"/api/phones/{phone.SipUser}", new { agent = id, password = phone.SipPassword });
        await Put($"/api/agents/{id}", new
        {
            user = user.User, name = user.User, queues = new[] { new { queue = Queue } },
        });
        return phone;
    }

    private async Task<TestAgent> MakeUser(Guid id, string user, string role)
    {
        var made = new TestAgent(user, $"{Guid.NewGuid():N}", "", "");
        await Put($"/api/users/{id}", new { user, name = user, password = made.Password, role, tenants = new[] { Id } });
        return made;
    }

    private Task<System.Text.Json.Nodes.JsonNode> Put(string path, object body) => _administrator.Put(path, body);
}
