namespace CallCenter.Desk.Web.Tests;

public sealed class ClientTests
{
    [Fact]
    public async Task Types_lint_and_unit_tests_of_the_client_pass() =>
        (await Npm.Run(["run", "check"], TimeSpan.FromMinutes(5))).ShouldContain("Test Files");
}
