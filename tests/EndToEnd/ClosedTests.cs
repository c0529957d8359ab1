using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>A call outside opening hours.</summary>
[Trait("needs", "server")]
public sealed class ClosedTests(CentreFixture fixture)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task On_a_closed_date_the_caller_is_told_so_and_the_contact_is_closed()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "closed", "+358911000062", agents: 0);
        using var administrator = await center.SignInAs("administrator");
        await PutFlow(administrator, tenant);

        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon, TestContext.Current.CancellationToken);
        await call.WhenEnded(Soon);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var ended = await Eventually.Get("the contact ended", Soon, () => tenant.Contacts(supervisor), all => all.Count == 1 && all[0].EndedAt is not null);
        (ended[0].Termination, ended[0].Queue).ShouldBe(("Closed", null));
    }

    /// <summary>Open every hour of the week, but closed on the dates around now: whatever zone, whatever moment.</summary>
    private static async Task PutFlow(Api administrator, TestTenant tenant)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await administrator.Put($"/api/flows/{tenant.Flow}", new
        {
            tenant = tenant.Id, name = "Suljettu", language = "fi", start = "hours",
            steps = new Dictionary<string, object>
            {
                ["hours"] = new
                {
                    hours = new
                    {
                        open = new[] { new { days = new[] { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }, from = "00:00", to = "24:00" } },
                        closedOn = new[] { today.AddDays(-1), today, today.AddDays(1) },
                        then = "queue", otherwise = "closed",
                    },
                },
                ["queue"] = new { queue = new { queue = tenant.Queue } },
                ["closed"] = new { hangUp = new { prompt = tenant.Prompt } },
            },
        });
    }
}
