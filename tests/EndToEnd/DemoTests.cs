using System.Text.Json.Nodes;
using CallCenter.TestKit.Phones;

namespace CallCenter.EndToEnd;

/// <summary>The demo centre as demo.json and the API tell it, and that it can be called at any hour.</summary>
[Trait("needs", "server")]
public sealed class DemoTests(CentreFixture fixture)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Three_companies_share_eight_agents_of_whom_four_serve_two()
    {
        var demo = (await fixture.Center()).Demo;
        demo.Tenants.Select(t => t.Language).ShouldBe(["fi", "da", "ru"]);
        demo.Tenants.ShouldAllBe(t => t.Numbers.Count == 2 && t.Queues.Count == 2 && t.Queues.Select(q => q.Digit).Distinct().Count() == 2);
        var agents = demo.Users.Where(u => u.Role == "agent").ToList();
        (agents.Count, agents.Count(a => a.Tenants.Count == 2), agents.Count(a => a.Tenants.Count == 1)).ShouldBe((8, 4, 4));
        demo.Phones.Select(p => p.User).ShouldBe(agents.Select(a => a.User), ignoreOrder: true);
        demo.Users.Where(u => u.Role == "client").Select(u => u.Tenants.Single()).ShouldBe(demo.Tenants.Select(t => t.Id), ignoreOrder: true);
        demo.Users.Count(u => u.Role == "supervisor").ShouldBe(1);
        demo.Users.Count(u => u.Role == "administrator").ShouldBe(1);
    }

    [Fact]
    public async Task Every_company_has_its_brand_greeting_and_codes()
    {
        var center = await fixture.Center();
        using var administrator = await center.SignInAs("administrator");
        foreach (var tenant in center.Demo.Tenants)
        {
            var brand = (await administrator.Get($"/api/tenants/{tenant.Id}"))["brand"]!;
            ((string)brand["greeting"]!).ShouldNotBeEmpty();
            ((string)brand["colour"]!).ShouldStartWith("#");
            var queues = (await administrator.Get($"/api/queues?tenant={tenant.Id}"))["items"]!.AsArray();
            queues.Count.ShouldBe(2);
            queues.ShouldAllBe(queue => queue!["codes"]!.AsArray().Count >= 5);
            queues.Count(queue => queue!["greeting"] is JsonValue).ShouldBe(1, "one has its own, the other the tenant's");
        }
    }

    [Fact]
    public async Task The_first_number_of_every_company_answers_now()
    {
        var center = await fixture.Center();
        await using var callers = new TestCaller(center.Sip);
        foreach (var tenant in center.Demo.Tenants)
        {
            await using var call = await callers.Call(tenant.Numbers[0].Number).WhenAnswered(Soon);
            await call.Audio.HearsAnything.WaitAsync(Soon, TestContext.Current.CancellationToken);
            call.HangUp();
        }
    }
}
