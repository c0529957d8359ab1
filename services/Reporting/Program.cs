using CallCenter.Hosting;
using CallCenter.Reporting;

var builder = WebApplication.CreateBuilder(args);
await builder.UseSidecar();
builder.AddCallCenterDefaults();
builder.AddReporting();

var app = builder.Build();
app.MapCallCenterDefaults();
app.MapReporting();
await app.RunOrMigrate(args);
