using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>Callers whom their queue gives up: who waits too long, who finds it full, whom nobody can serve.</summary>
[Trait("needs", "server")]
public sealed class QueueRuleTests(CentreFixture fixture)
{
    private const string Waits = "+358405550101", FindsItFull = "+358405550102", HasNobody = "+358405550103";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_flow_goes_on_and_the_reports_tell_why()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "rules", "+358911000081", agents: 0);
        using var administrator = await center.SignInAs("administrator");
        await Put(administrator, tenant);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        await using var callers = new TestCaller(center.Sip);

        await using var waits = await callers.Call(tenant.Number, Waits).WhenAnswered(Soon);
        await Press(waits, '1');
        await Eventually.Get("the first waits", Soon, () => supervisor.Get($"/api/queues?tenant={tenant.Id}"), all => Waiting(all, tenant.Queue) == 1);
        await using var full = await callers.Call(tenant.Number, FindsItFull).WhenAnswered(Soon);
        await Press(full, '1');
        await full.WhenEnded(Soon);
        await using var nobody = await callers.Call(tenant.Number, HasNobody).WhenAnswered(Soon);
        await Press(nobody, '2');
        await nobody.WhenEnded(Soon);
        await administrator.Put($"/api/queues/{tenant.Queue}", Queue(tenant, "Jono", maxWait: new { seconds = 1 }));
        await waits.WhenEnded(Soon);

        var contacts = await Eventually.Get("three contacts over", Soon, () => tenant.Contacts(supervisor), all => all.Count(c => c.EndedAt is not null) == 3);
        contacts.ToDictionary(contact => contact.Caller!, contact => contact.Termination)
            .ShouldBe(new Dictionary<string, string?> { [Waits] = "QueueTimeout", [FindsItFull] = "QueueFull", [HasNobody] = "NoAgent" }, ignoreOrder: true);
        foreach (var contact in contacts)
        {
            var detail = await supervisor.Contact(contact.Id);
            detail.Events.Count(e => e.Type == "QueueLeft").ShouldBe(1);
            detail.ShouldAddUp();
        }
    }

    private static async Task Press(PhoneCall call, char key)
    {
        await call.Audio.HearsAnything.WaitAsync(Soon, TestContext.Current.CancellationToken);
        call.Audio.Press(key);
    }

    private static int Waiting(System.Text.Json.Nodes.JsonNode queues, Guid queue) => (int)queues["items"]!.AsArray().Single(item => (Guid)item!["id"]! == queue)!["waiting"]!;

    private static object Queue(TestTenant tenant, string name, object? maxWait = null, object? maxLength = null, object? noAgent = null) =>
        new { tenant = tenant.Id, name, wrapUpSeconds = 1, offerTimeoutSeconds = 5, maxWait, maxLength, noAgent };

    /// <summary>Key 1 leads to a queue that takes one caller, key 2 to one that nobody serves.</summary>
    private static async Task Put(Api administrator, TestTenant tenant)
    {
        await administrator.Put($"/api/queues/{tenant.Queue}", Queue(tenant, "Jono", maxLength: new { contacts = 1 }));
        await administrator.Put($"/api/queues/{tenant.QueueOfNobody}", Queue(tenant, "Tyhjä", noAgent: new { }));
        await administrator.Put($"/api/flows/{tenant.Flow}", new
        {
            tenant = tenant.Id, name = "Puhelu", language = "fi", start = "menu",
            steps = new Dictionary<string, object>
            {
                ["menu"] = new
                {
                    menu = new { prompt = tenant.Prompt, options = new Dictionary<string, string> { ["1"] = "queue", ["2"] = "nobody" }, failed = "bye" },
                },
                ["queue"] = new { queue = new { queue = tenant.Queue, timedOut = "sorry", full = "sorry" } },
                ["nobody"] = new { queue = new { queue = tenant.QueueOfNobody, noAgent = "sorry" } },
                ["sorry"] = new { play = new { prompt = tenant.Prompt, next = "bye" } },
                ["bye"] = new { hangUp = new { prompt = tenant.Prompt } },
            },
        });
    }
}
