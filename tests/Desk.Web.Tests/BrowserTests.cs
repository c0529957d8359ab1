namespace CallCenter.Desk.Web.Tests;

/// <summary>The built client in a real browser, before a running system with real phones and callers.</summary>
[Trait("needs", "server")]
public sealed class BrowserTests(StageFixture fixture, ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task An_agent_works_through_a_shift() => Sees("agent");

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task A_supervisor_follows_the_centre() => Sees("supervisor");

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task An_agent_of_several_tenants_sees_the_right_one() => Sees("tenants");

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task Administrators_and_clients_see_what_is_theirs() => Sees("offices");

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task A_lost_link_is_said_and_comes_back() => Sees("link");

    private async Task Sees(string file)
    {
        var stage = await fixture.Get();
        var told = await Npm.Run(["run", "browser", "--", $"browser/{file}.test.ts"], TimeSpan.FromMinutes(8), ("DESK_STAGE", stage.Address.ToString()));
        output.WriteLine(told);
        told.ShouldContain("Test Files");
    }
}
