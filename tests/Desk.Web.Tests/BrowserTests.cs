namespace CallCenter.Desk.Web.Tests;

/// <summary>The built client in a real browser, before a running system with real phones and callers.</summary>
[Trait("needs", "server")]
public sealed class BrowserTests(StageFixture fixture, ITestOutputHelper output)
{
    [Fact]
    public Task An_agent_works_through_a_shift() => Sees("agent");

    [Fact]
    public Task An_agent_talks_in_the_browser() => Sees("phone");

    [Fact]
    public Task An_agent_who_is_cut_off_is_back_on_the_same_call() => Sees("recover");

    [Fact]
    public Task An_agent_consults_shares_and_hands_on_a_caller() => Sees("transfer");

    [Fact]
    public Task A_headset_and_a_hidden_tab() => Sees("headset");

    [Fact]
    public Task A_supervisor_looks_in_on_a_conversation() => Sees("monitor");

    [Fact]
    public Task A_supervisor_follows_the_centre() => Sees("supervisor");

    [Fact]
    public Task An_agent_of_several_tenants_sees_the_right_one() => Sees("tenants");

    [Fact]
    public Task Administrators_and_clients_see_what_is_theirs() => Sees("offices");

    [Fact]
    public Task A_lost_link_is_said_and_comes_back() => Sees("link");

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task An_agent_of_several_tenants_sees_the_right_one_in_300_calls() => Sees("tenants", ("DESK_TURNS", "300"));

    [Fact(Explicit = true)]
    [Trait("soak", "recover")]
    public Task An_agent_who_is_cut_off_20_times_each_way_is_back() => Sees("recover", TimeSpan.FromMinutes(60), ("DESK_RECOVER", "20"));

    private Task Sees(string file, params (string, string)[] settings) => Sees(file, TimeSpan.FromMinutes(8), settings);

    private async Task Sees(string file, TimeSpan within, params (string, string)[] settings)
    {
        var stage = await fixture.Get();
        var told = await Npm.Run(["run", "browser", "--", $"browser/{file}.test.ts"], within, [("DESK_STAGE", stage.Address.ToString()), .. settings]);
        output.WriteLine(told);
        told.ShouldContain("Test Files");
    }
}
